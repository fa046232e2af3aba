/// Services that tests of several modules ask.
package dev.testudo.trust.fakes;
