-- When everything was sealed anew with a newer key, the older one may go.
GRANT DELETE ON secrets.keys TO kontor_app;
