package dev.testudo.cli.curated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CuratedServiceTest {
  private static final Path PAGE = Path.of("../docs/curated-services.md");
  private static final Path RESOURCES = Path.of("src/main/resources/dev/testudo/cli/curated");
  private static final Pattern VALUE =
      Pattern.compile(
          "\\{\\{([a-zA-Z_]+) \\| default\\(value=\"((?:[^\"{]|\\{\\{[a-z_]+}})*)\"\\)}}");

  /// What the Meshfiles of SCONE's tutorials use.
  @Test
  void namesOfSecretsAndValuesAreThoseOfScone() throws Exception {
    var names =
        Map.of(
            CuratedService.REDIS,
            "redis_ca_cert redis_client_cert redis_server_name redis_client_name",
            CuratedService.MARIADB,
            "MARIADB_CA_CERT MARIADB_CLIENT_CERT MYSQL_ROOT_PASSWORD database_host database_port"
                + " database_user sqlInitScript",
            CuratedService.MEMCACHED,
            "MEMCACHED_CA_CERT MEMCACHED_CLIENT_CERT memcached_host memcached_port",
            CuratedService.NGINX,
            "NGINX_SERVER_CA_CERT nginx_server_name nginx_backend_server_name"
                + " nginx_backend_server_port NGINX_BACKEND_CLIENT_CERT NGINX_BACKEND_CA_CERT");
    for (var service : names.entrySet()) {
      for (var name : service.getValue().split(" ")) {
        assertTrue(text(service.getKey()).contains(name), () -> service.getKey() + " " + name);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theManifestCanBeUsedAndItsUserIsNotRoot(CuratedService service) {
    var build = service.manifest().build();
    assertEquals(service.toString(), build.name().value());
    assertTrue(build.base().from().isPresent());
    assertTrue(!build.program().user().orElseThrow().value().equals("root"));
  }

  @ParameterizedTest
  @EnumSource
  void aValueHasTheSameDefaultEverywhere(CuratedService service) throws Exception {
    var defaults = new TreeMap<String, String>();
    var found = VALUE.matcher(text(service)).results().toList();
    for (var value : found) {
      var earlier = defaults.putIfAbsent(value.group(1), value.group(2));
      assertTrue(earlier == null || earlier.equals(value.group(2)), value.group());
    }
    assertTrue(service == CuratedService.NGINX || defaults.size() > 2, defaults::toString);
  }

  @ParameterizedTest
  @EnumSource
  void thePageNamesBaseUserAndValues(CuratedService service) throws Exception {
    var page = Files.readString(PAGE);
    var build = service.manifest().build();
    var wanted = new ArrayList<String>();
    wanted.add(build.base().from().orElseThrow().value());
    wanted.add(build.program().user().orElseThrow().value());
    VALUE.matcher(text(service)).results().forEach(value -> wanted.add(value.group(1)));
    var missing = new TreeSet<String>(wanted);
    missing.removeIf(name -> page.contains("`" + name + "`"));
    assertEquals(new TreeSet<>(), missing);
  }

  private static String text(CuratedService service) throws Exception {
    return Files.readString(RESOURCES.resolve(service + ".yaml"));
  }
}
