/// Sessions: registered, changed, read and deleted.
package dev.testudo.cas.session;
