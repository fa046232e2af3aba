/// What manufacturers publish about platforms: certificates, revocation lists, TCB levels (RFC
/// 9334, section 4.1: endorsements and reference values). Each document is signed, so it does not
/// matter who delivers it.
package dev.testudo.trust.attest.collateral;
