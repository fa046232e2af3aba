/// The master key, which wraps the seal key of a store. Each place that it can come from is one
/// implementation of [MasterKey].
package dev.testudo.cas.store.key;
