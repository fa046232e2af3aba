package dev.testudo.cas.store.key;

/// The seal key of a store, encrypted by the master key.
///
/// @param method the name of the method, see [MasterKey#method()]
/// @param parameters what the method needs besides the key, such as a salt; not secret
/// @param check a value derived from the master key, which differs for every other key; in
///     hexadecimal
/// @param sealed the seal key, encrypted; in hexadecimal
public record WrappedKey(String method, String parameters, String check, String sealed) {}
