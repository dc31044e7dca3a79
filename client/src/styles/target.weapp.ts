// A mini-program needs no styles of its own beyond app.css.
export {};
