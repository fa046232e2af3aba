/// What SGX measures of an enclave that Gramine builds: its pages, in the order in which they are
/// added. The numbers are computed; no hardware has confirmed them.
package dev.testudo.gramine.measure;
