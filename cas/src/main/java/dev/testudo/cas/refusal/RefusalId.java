package dev.testudo.cas.refusal;

import java.util.Locale;

/// The stable ids of refusals, each with its HTTP status.
public enum RefusalId {
  /// The request does not follow its format.
  MALFORMED_REQUEST(400),
  /// The session has errors.
  INVALID_SESSION(400),
  /// The bundle is damaged, expired, or made for something else.
  INVALID_BUNDLE(400),
  /// The request needs a client certificate and has none.
  CERTIFICATE_NEEDED(401),
  /// The caller does not have the right.
  NOT_PERMITTED(403),
  /// Evidence, token or nonce do not satisfy the policy.
  ATTESTATION_REFUSED(403),
  /// The ticket is not one of the caller, or the present policy does not accept it any more.
  TICKET_REFUSED(403),
  /// A secret that the service needs is not available.
  SECRET_UNAVAILABLE(403),
  /// No such session.
  UNKNOWN_SESSION(404),
  /// No such service in the session.
  UNKNOWN_SERVICE(404),
  /// No such public value.
  UNKNOWN_VALUE(404),
  /// No such join token.
  UNKNOWN_TOKEN(404),
  /// No such volume, or it is not one of the service.
  UNKNOWN_VOLUME(404),
  /// No such refused request, or the caller may not see it.
  UNKNOWN_REQUEST(404),
  /// No such resource.
  UNKNOWN_PATH(404),
  /// The resource does not have this method.
  METHOD_NOT_ALLOWED(405),
  /// The request arrives too slowly.
  TOO_SLOW(408),
  /// The session exists and the request names no predecessor.
  SESSION_EXISTS(409),
  /// The request would change nothing, contrary to what its caller may expect.
  WITHOUT_EFFECT(409),
  /// Other sessions depend on the session.
  SESSION_IN_USE(409),
  /// The named predecessor is not the active session.
  WRONG_PREDECESSOR(409),
  /// The namespace's session is not the revision named.
  WRONG_NAMESPACE(409),
  /// A mount has the volume.
  VOLUME_HELD(409),
  /// The witness has another line of the caller's audit log.
  OTHER_HEAD(409),
  /// The request is longer than allowed.
  TOO_LARGE(413),
  /// The disk has no space for data that CAS would have to keep.
  DISK_FULL(507),
  /// CAS stores as much as it may.
  FULL(507),
  /// The creator, or all strangers in a namespace, have reached their quota.
  QUOTA_EXCEEDED(507),
  /// CAS is at its limit of concurrent work; try again.
  BUSY(503),
  /// The database server cannot be reached; try again.
  DATABASE_UNAVAILABLE(503),
  /// The head of the audit log cannot be stored outside the state; try again.
  ANCHOR_UNAVAILABLE(503),
  /// Documents about the caller's platform are missing; try again.
  COLLATERAL_UNAVAILABLE(503),
  /// The definitions of the session's keys changed while CAS generated them; try again.
  PLAN_CHANGED(503),
  /// CAS failed; its log has the details.
  INTERNAL_ERROR(500);

  private final int status;

  RefusalId(int status) {
    this.status = status;
  }

  /// Returns the HTTP status.
  public int status() {
    return status;
  }

  /// Returns the name on the wire, such as `wrong-predecessor`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
