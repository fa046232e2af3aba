/// Keys and certificates as people put them into shield variables: read, checked, and every mistake
/// reported at its place.
package dev.testudo.trust.material;
