import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  domainNameProblem,
  endpointIdProblem,
  endpointNameProblem,
  serviceNameProblem,
  suggestedName,
  tagProblem,
} from '../../../../src/services/provisioning/input';
import { anEndpoint, aService } from '../../fakes';

describe('what a person types', () => {
  describe('an endpoint’s name', () => {
    for (const name of ['ab', 'tidb-orders', 'A_1', '订单-prod', 'x'.repeat(128)]) {
      it(`may be ${name.slice(0, 20)}`, () => assert.equal(endpointNameProblem(name), undefined));
    }
    for (const [name, problem] of [
      ['', /2 to 128/],
      ['a', /2 to 128/],
      ['x'.repeat(129), /2 to 128/],
      ['1a', /start with a letter/],
      ['-a', /start with a letter/],
      [' ab', /start with a letter/],
      ['a b', /letters, digits/],
      ['a.b', /letters, digits/],
      ['aé', /letters, digits/],
      ['ab\n', /letters, digits/],
    ] as const) {
      it(`may not be ${JSON.stringify(name.slice(0, 20))}`, () =>
        assert.match(endpointNameProblem(name) ?? '', problem));
    }

    it('is suggested from the instance’s so that it is always valid', () => {
      assert.equal(suggestedName('orders-prod'), 'tidb-orders-prod');
      assert.equal(suggestedName(''), 'tidb');
      fc.assert(fc.property(fc.string(), (name) => endpointNameProblem(suggestedName(name)) === undefined));
    });
  });

  describe('an endpoint resource ID', () => {
    it('is what Alibaba Cloud gives', () => {
      assert.equal(endpointIdProblem('ep-t4n8s7k2m1x0c9v4b6n3'), undefined);
      assert.equal(endpointIdProblem(anEndpoint.id), undefined);
    });
    for (const id of ['', 'ep-', 'epsrv-aaaa1111', 'vpc-aaaa1111', 'ep-AAAA1111', ' ep-aaaa1111']) {
      it(`is not ${JSON.stringify(id)}`, () => assert.match(endpointIdProblem(id) ?? '', /looks like ep-/));
    }
  });

  it('an endpoint resource ID is not the domain name pasted in its place', () => {
    assert.match(endpointIdProblem(anEndpoint.domain) ?? '', /This is a domain name/);
  });

  describe('an endpoint service name', () => {
    it('is one of the instance’s region', () => {
      assert.equal(serviceNameProblem(aService.serviceName, 'ap-southeast-1'), undefined);
      assert.match(serviceNameProblem(aService.serviceName, 'us-west-1') ?? '', /is in ap-southeast-1/);
    });
    for (const name of ['', 'epsrv-aaaa1111', `${aService.serviceName} `, `${aService.serviceName}.x`]) {
      it(`is not ${JSON.stringify(name)}`, () =>
        assert.match(serviceNameProblem(name, 'ap-southeast-1') ?? '', /looks like com\.aliyuncs/));
    }
  });

  describe('a tag', () => {
    for (const [key, value] of [
      ['', ''],
      ['team', ''],
      ['k'.repeat(64), 'v'.repeat(128)],
      ['my-aliyun', 'x acs:'],
      ['环境', 'a=b;c'],
    ] as const) {
      it(`may be ${JSON.stringify([key.slice(0, 10), value.slice(0, 10)])}`, () =>
        assert.equal(tagProblem(key, value, ['other']), undefined));
    }
    for (const [key, value, problem] of [
      ['', 'x', /needs a key/],
      ['k'.repeat(65), '', /at most 64/],
      ['k', 'v'.repeat(129), /at most 128/],
      ['aliyunx', '', /must not begin with aliyun/],
      ['k', 'acs:x', /must not begin with aliyun or acs:/],
      ['ACS:x', '', /must not begin/],
      ['k', 'see http://x', /nor contain http/],
      ['https://x', '', /nor contain http/],
      ['other', '', /another tag with the key other/],
      ['tidb-instance', '1', /set by the extension/],
    ] as const) {
      it(`may not be ${JSON.stringify([key.slice(0, 15), value.slice(0, 15)])}`, () =>
        assert.match(tagProblem(key, value, ['other']) ?? '', problem));
    }
  });

  describe('a domain name', () => {
    const problem = (domain: string, id: string = anEndpoint.id): string | undefined =>
      domainNameProblem(domain, id, aService);

    it('is the endpoint’s own, at the instance’s service', () => {
      assert.equal(problem(anEndpoint.domain), undefined);
      assert.equal(problem(anEndpoint.domain.toUpperCase()), undefined);
      assert.equal(problem(anEndpoint.domain, ''), undefined);
    });
    for (const [domain, expected] of [
      ['', /not a domain name/],
      ['ep-aaaa0001', /not a domain name/],
      ['https://ep-aaaa0001.x', /not a domain name/],
      ['ep-aaaa0001..x', /not a domain name/],
      [`ep-aaaa0001.${'x'.repeat(253)}`, /not a domain name/],
      [anEndpoint.domain.replace('0001', '0002'), /belongs to ep-aaaa0002, not to ep-aaaa0001/],
      [anEndpoint.domain.replace('ep-aaaa0001', 'ep-aaaa0001-ap-southeast-1a'), /belongs to ep-aaaa0001-ap/],
      [anEndpoint.domain.replace('epsrv-aaaa1111', 'epsrv-bbbb2222'), /another service/],
    ] as const) {
      it(`is not ${domain.slice(0, 40) || 'empty'}`, () => assert.match(problem(domain) ?? '', expected));
    }

    it('is taken as it is while the service has no name yet', () => {
      assert.equal(domainNameProblem('ep-x.any.thing', '', { ...aService, serviceName: '' }), undefined);
    });
  });
});
