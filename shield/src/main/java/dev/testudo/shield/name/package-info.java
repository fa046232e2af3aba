/// Looking up the names of destinations that rules give without an address.
package dev.testudo.shield.name;
