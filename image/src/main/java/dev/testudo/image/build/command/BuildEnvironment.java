package dev.testudo.image.build.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The environment of commands: what makes their results the same each time, then the access to
/// registries, then the variables of the image, then those of the recipe. Later ones win.
final class BuildEnvironment {
  /// 1980-01-01: archives in the format of ZIP have no earlier times.
  private static final String EPOCH = "315532800";

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "HOME", "/root",
          // Also makes Python name sources by their hash in compiled files, not by their time.
          "SOURCE_DATE_EPOCH", EPOCH,
          "PYTHONDONTWRITEBYTECODE", "1",
          "PYTHONHASHSEED", "0",
          "PIP_DISABLE_PIP_VERSION_CHECK", "1",
          "PIP_ROOT_USER_ACTION", "ignore",
          "npm_config_cache", ScratchDirectory.CACHE.path() + "/npm",
          "npm_config_update_notifier", "false");

  /// The variables by which programs are told whose certificates they trust.
  private static final List<String> CERTIFICATES =
      List.of(
          "SSL_CERT_FILE",
          "PIP_CERT",
          "REQUESTS_CA_BUNDLE",
          "NODE_EXTRA_CA_CERTS",
          "CURL_CA_BUNDLE",
          "GIT_SSL_CAINFO");

  private BuildEnvironment() {}

  static Map<String, String> of(CommandRecipe recipe, BuildAccess access) {
    var all = new HashMap<>(DEFAULTS);
    if (access.certificates().isPresent()) {
      CERTIFICATES.forEach(name -> all.put(name, BuildMounts.CERTIFICATES));
    }
    all.putAll(access.environment());
    for (var variable : recipe.base().config().environment()) {
      var equals = variable.indexOf('=');
      if (equals > 0) {
        all.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    all.putAll(recipe.environment());
    return all;
  }
}
