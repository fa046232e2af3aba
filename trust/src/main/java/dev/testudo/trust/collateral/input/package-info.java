/// Reads documents in the forms in which services and programs write them. Nothing that is read is
/// verified: it gets the name that it claims, and whoever keeps it verifies it under that name.
package dev.testudo.trust.collateral.input;
