import assert from 'node:assert/strict';
import { announcement, currentStep } from '../../src/webview/creation/progress';
import { about, clock, exact, span } from '../../src/webview/durations';
import { changed, creationStates } from './support/states';

describe('words of the pages', () => {
  it('counts time as a clock does', () => {
    assert.deepEqual([-5, 0, 999, 59_999, 60_000, 3_599_000, 3_600_000, 5_025_000].map(clock), [
      '0:00',
      '0:00',
      '0:00',
      '0:59',
      '1:00',
      '59:59',
      '1:00:00',
      '1:23:45',
    ]);
  });

  it('estimates in what a person would say', () => {
    assert.deepEqual([200, 1000, 30_000, 89_000, 90_000, 300_000].map(about), [
      'about 1 second',
      'about 1 second',
      'about 30 seconds',
      'about 89 seconds',
      'about 2 minutes',
      'about 5 minutes',
    ]);
  });

  it('says how long a span is', () => {
    assert.deepEqual([1000, 40_000, 60_000, 2_340_000, 7_200_000, 9_060_000].map(span), [
      '1 second',
      '40 seconds',
      '1 minute',
      '39 minutes',
      '2 hours',
      '2 hours 31 minutes',
    ]);
  });

  it('gives exact times the unit they need', () => {
    assert.deepEqual([0.4, 999.4, 1240, 59_990, 61_000].map(exact), [
      '0 ms',
      '999 ms',
      '1.24 s',
      '59.99 s',
      '1:01 min',
    ]);
  });

  it('announces a verification once, and nothing when nothing changed', () => {
    const checking = changed(creationStates.form, { endpoint: { verification: { outcome: 'checking' } } });
    assert.equal(announcement(creationStates.form, checking), '');
    assert.match(announcement(checking, creationStates.form), /^Verified: 3 zones/);
    assert.match(announcement(checking, creationStates.refused), /^Not verified: No such service/);
    assert.equal(announcement(creationStates.form, creationStates.form), '');
  });

  it('has one current step: what failed, else what waits for the person, else what goes on', () => {
    assert.equal(currentStep(creationStates.failed), 'active');
    assert.equal(currentStep(creationStates.connecting), 'acceptance');
    assert.equal(currentStep(creationStates.creating), 'endpoint');
    assert.equal(currentStep(creationStates.active), 'active');
  });
});
