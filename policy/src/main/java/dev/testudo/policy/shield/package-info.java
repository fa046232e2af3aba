/// The rules of the network shield, as its `SCONE_NETWORK_SHIELD_*` variables set them.
package dev.testudo.policy.shield;
