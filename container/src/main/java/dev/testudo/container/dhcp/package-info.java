/// A client of DHCP (RFC 2131): an IPv4 address for a virtual machine. Whoever runs the network
/// chooses the address, the router and the name servers; nothing secret depends on them.
package dev.testudo.container.dhcp;
