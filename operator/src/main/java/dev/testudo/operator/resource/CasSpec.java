package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which CAS to install.
///
/// @param owners the hashes of the keys that may create the first sessions
/// @param image the image; by default that of the operator's own version
/// @param key the hash of the key of CAS, once you know it from its log
/// @param storage the size of the volume, such as the default `2Gi`
/// @param storageClassName the class of the volume; by default that of the cluster
/// @param address where the operator reaches CAS, HOST:PORT; by default its Service
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CasSpec(
    @Required List<String> owners,
    @Nullable String image,
    @Nullable String key,
    @Nullable String storage,
    @Nullable String storageClassName,
    @Nullable String address) {
  /// Copies the list.
  public CasSpec {
    owners = owners == null ? List.of() : List.copyOf(owners);
  }
}
