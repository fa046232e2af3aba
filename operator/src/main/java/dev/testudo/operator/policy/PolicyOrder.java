package dev.testudo.operator.policy;

import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.CasAddress;

/// A policy that can be brought to a CAS.
///
/// @param cas where the CAS is; the bundle names the key by which it is known
record PolicyOrder(CasAddress cas, SessionBundle bundle) {}
