/// The seam between CAS and a database product: one connection, and what depends on the product.
package dev.testudo.cas.store.database;
