/// Makes PostgreSQL's driver, whose jar describes no module, one that jlink can link. It requires
/// what jdeps reports for the jar. Only its data sources need `java.desktop`, and nobody uses these.
module org.postgresql.jdbc {
  requires java.logging;
  requires java.management;
  requires java.naming;
  requires java.security.jgss;
  requires java.security.sasl;
  requires java.transaction.xa;
  requires java.xml;
  requires static java.desktop;
  requires transitive java.sql;

  exports org.postgresql;

  provides java.sql.Driver with
      org.postgresql.Driver;
}
