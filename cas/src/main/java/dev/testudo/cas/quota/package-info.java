/// How much may be kept in CAS.
package dev.testudo.cas.quota;
