/// Programs in a sandbox: an OCI runtime of this machine (`crun` or `runc`) starts them in
/// namespaces of their own, with few capabilities and system calls. Knows nothing about images.
package dev.testudo.image.build.sandbox;
