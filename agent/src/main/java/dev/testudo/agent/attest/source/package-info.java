/// Where the agent obtains the evidence of hardware: devices and files of the kernel, the library
/// OS, or the cloud. What they deliver is passed on as it is; only CAS verifies it.
package dev.testudo.agent.attest.source;
