/// The interface to a database product: one connection, and everything that depends on the product.
package dev.testudo.cas.store.database;
