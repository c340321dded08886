db.createUser({});
