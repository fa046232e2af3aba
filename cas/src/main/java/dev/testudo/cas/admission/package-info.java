/// What a caller may cost: shares of connections, work, memory and time, so that whoever asks much
/// waits, and nobody else does.
package dev.testudo.cas.admission;
