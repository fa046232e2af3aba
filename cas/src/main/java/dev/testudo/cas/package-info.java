/// CAS as a whole: how it is started, and what it is started with.
package dev.testudo.cas;
