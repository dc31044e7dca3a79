"""The pages for everybody, without signing in, on the API's public routes; made for a phone first."""
