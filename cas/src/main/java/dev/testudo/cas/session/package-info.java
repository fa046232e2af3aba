/// Sessions: registering, changing, reading and deleting them.
package dev.testudo.cas.session;
