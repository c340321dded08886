FROM alpine:3.22
<<<<<<< HEAD
USER one
=======
USER two
>>>>>>> other
