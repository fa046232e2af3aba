/// The network shield: rules, seccomp filter, supervisor, TLS relay.
@org.jspecify.annotations.NullMarked
module dev.testudo.shield {
  requires static org.jspecify;
  requires transitive dev.testudo.linux;
  requires transitive dev.testudo.policy;
  requires transitive dev.testudo.trust;
  requires io.netty.tcnative.classes.openssl;

  exports dev.testudo.shield;
}
