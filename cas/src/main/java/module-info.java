/// The configuration and attestation service (CAS).
@org.jspecify.annotations.NullMarked
module dev.testudo.cas {
  requires static org.checkerframework.checker.qual;
  requires static org.jspecify;
  requires transitive dev.testudo.policy;
  requires transitive dev.testudo.trust;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.tcnative.classes.openssl;
  requires java.logging;
  requires java.sql;
  requires java.naming;
  requires org.eclipse.jetty.server;
  requires org.postgresql.jdbc;
  requires org.xerial.sqlitejdbc;

  exports dev.testudo.cas;
  exports dev.testudo.cas.quota;
}
