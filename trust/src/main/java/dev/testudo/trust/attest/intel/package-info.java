/// Quotes of Intel's DCAP for SGX and TDX, and the certificates, revocation lists and TCB levels
/// that they are verified with. What is parsed and not verified stays inside this package.
package dev.testudo.trust.attest.intel;
