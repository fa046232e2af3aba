/// Sessions, the policies that CAS keeps, in version 0.3 of the language.
package dev.testudo.policy.session;
