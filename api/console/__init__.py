"""The caseworkers' web pages, on the API's own routes: a page asks them for data, a form carries one of them out."""
