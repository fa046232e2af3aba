/// Makes hardware evidence under own roots, with one property wrong at a time and everything else
/// correctly signed. Other modules use it in their tests through the test-jar of this one.
package dev.testudo.trust.generator;
