// serves
