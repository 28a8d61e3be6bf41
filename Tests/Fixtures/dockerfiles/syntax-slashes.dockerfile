// syntax=acme/frontend
project {}
