/// How what is stored is sealed, so that reading or changing the database without the key is
/// useless or shows.
package dev.testudo.cas.store.seal;
