/// Clients that own nothing and do CAS all the harm they can. They are a program of its own, so
/// that what they use can be told from what CAS uses.
@org.jspecify.annotations.NullMarked
package dev.testudo.it.strangers;
