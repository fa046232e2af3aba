/// Parses and checks the keys and certificates that people put into shield variables, and reports
/// every error at its place.
package dev.testudo.trust.material;
