/// Sessions: who may register, change and read them.
package dev.testudo.cas.session;
