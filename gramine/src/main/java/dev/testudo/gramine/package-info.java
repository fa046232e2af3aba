/// What all parts of Gramine's enclaves share: the releases that are known, and how a part is
/// refused.
package dev.testudo.gramine;
