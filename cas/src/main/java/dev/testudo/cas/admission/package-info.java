/// Admission control. Each caller has a share of connections, work, memory and time, so that a
/// caller who asks for much waits itself and does not make others wait.
package dev.testudo.cas.admission;
