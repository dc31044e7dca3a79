import "./page.h5.css";
import "./router.css";
