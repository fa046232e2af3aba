/// Keeps the documents of manufacturers that the verification of hardware evidence needs. It is the
/// only place of CAS that asks their services. No request waits for a service if what it needs is
/// there.
package dev.testudo.cas.collateral;
