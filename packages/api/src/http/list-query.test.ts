import { describe, expect, it } from 'vitest';
import {
  metadataFilter,
  nextLink,
  pageRequest,
  projectFilter,
  refuseUnknownFilters,
  textComparison,
  timeComparisons,
  wantsCount,
} from './list-query.ts';
import type { ApiRequest } from './route.ts';

const asked = (
  query: string,
  fields: { readonly minor?: number; readonly isAdmin?: boolean } = {},
): ApiRequest => ({
  context: { userId: 'u', projectId: 'own', isAdmin: fields.isAdmin ?? true, requestId: 'req-1' },
  minor: fields.minor ?? 70,
  params: {},
  query: new URLSearchParams(query),
  body: null,
  endpoint: 'http://storage:8776',
  pathProject: 'own',
  resourcePath: '/volumes/detail',
});
const keys = ['id', 'created_at', 'display_name', 'size'] as const;
const refused = (message: string) => expect.objectContaining({ status: 400, message });

describe('pageRequest', () => {
  it('is everything up to the largest page, newest first, unless told', () => {
    expect(pageRequest(asked(''), keys, 1000)).toEqual({
      sort: [],
      limit: 1000,
      offset: 0,
      marker: null,
      counted: false,
    });
  });

  it('reads limit, offset, marker and both ways to sort', () => {
    expect(pageRequest(asked('limit=5&offset=2&marker=m&sort=name:asc,size'), keys, 1000)).toEqual({
      sort: [
        { key: 'display_name', direction: 'asc' },
        { key: 'size', direction: 'desc' },
      ],
      limit: 5,
      offset: 2,
      marker: 'm',
      counted: false,
    });
    expect(pageRequest(asked('sort_key=size&sort_dir=asc'), keys, 10).sort).toEqual([
      { key: 'size', direction: 'asc' },
    ]);
    expect(pageRequest(asked('sort_dir=asc'), keys, 10).sort).toEqual([
      { key: 'created_at', direction: 'asc' },
    ]);
  });

  it('never gives more than the largest page', () => {
    expect(pageRequest(asked('limit=5000'), keys, 1000).limit).toBe(1000);
  });

  it.each([
    ['limit=-1', 'limit param must be positive'],
    ['limit=ten', 'limit param must be an integer'],
    ['offset=-1', 'Invalid input received: offset must be >= 0'],
    ['sort=bogus:asc', 'Invalid input received: Invalid sort key'],
    ['sort=size:up', "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."],
    [
      'sort=size&sort_key=id',
      "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.",
    ],
  ])('refuses %s', (query, message) => {
    expect(() => pageRequest(asked(query), keys, 1000)).toThrowError(refused(message));
  });
});

describe('projectFilter', () => {
  it.each([
    ['', true, 'own'],
    ['all_tenants=1', true, null],
    ['all_tenants=True', true, null],
    ['all_tenants=0', true, 'own'],
    ['all_tenants=1', false, 'own'],
    ['all_tenants=1&project_id=other', true, 'other'],
    ['project_id=other', true, 'own'],
    ['all_tenants=1&project_id=other', false, 'own'],
  ])('%s as administrator %s lists the objects of %s', (query, isAdmin, whose) => {
    expect(projectFilter(asked(query, { isAdmin }))).toBe(whose);
  });

  it('refuses what is no boolean', () => {
    expect(() => projectFilter(asked('all_tenants=some'))).toThrowError(
      refused("Value 'some' for 'all_tenants' is not a boolean."),
    );
  });
});

describe('filters', () => {
  it('nobody knows are ignored before 3.31 and refused from then on', () => {
    expect(() => refuseUnknownFilters(asked('bogus=1', { minor: 30 }), ['name'])).not.toThrow();
    expect(() =>
      refuseUnknownFilters(asked('bogus=1&name=x&limit=3&all_tenants=1', { minor: 31 }), ['name']),
    ).toThrowError(refused('Invalid filters bogus are found in query options.'));
  });

  it('with a tilde mean "contains" from 3.34 on', () => {
    expect(textComparison(asked('name~=vol', { minor: 34 }), 'name')).toEqual({
      operator: 'like',
      value: 'vol',
    });
    expect(textComparison(asked('name~=vol', { minor: 33 }), 'name')).toBeUndefined();
    expect(() => refuseUnknownFilters(asked('name~=vol', { minor: 33 }), ['name'])).toThrowError();
    expect(() => refuseUnknownFilters(asked('name~=vol', { minor: 34 }), ['name'])).not.toThrow();
    expect(textComparison(asked('name=vol'), 'name')).toEqual({ operator: 'eq', value: 'vol' });
  });

  it('compare times from 3.60 on, in UTC unless told', () => {
    const query = 'created_at=gt:2026-01-02T03:04:05,lte:2026-02-01T00:00:00%2B01:00';
    expect(timeComparisons(asked(query), 'created_at')).toEqual([
      { operator: 'gt', value: new Date('2026-01-02T03:04:05.000Z') },
      { operator: 'lte', value: new Date('2026-01-31T23:00:00.000Z') },
    ]);
    expect(timeComparisons(asked(query, { minor: 59 }), 'created_at')).toBeUndefined();
  });

  it.each([
    ['created_at=after:2026-01-01', 'Invalid after operator'],
    ['created_at=gt:yesterday', 'Invalid yesterday value'],
  ])('refuse %s', (query, message) => {
    expect(() => timeComparisons(asked(query), 'created_at')).toThrowError(refused(message));
  });

  it.each(['{"a":"b"}', "{'a':'b'}", "{u'a': u'b'}"])('by metadata are read from %s', (text) => {
    expect(metadataFilter(asked(`metadata=${encodeURIComponent(text)}`))).toEqual({ a: 'b' });
  });

  it('by metadata that is no object are refused', () => {
    expect(() => metadataFilter(asked('metadata=[1]'))).toThrowError(
      refused('Invalid input received: The metadata filter must be an object.'),
    );
  });
});

describe('a list', () => {
  it('counts from 3.45 on when asked to', () => {
    expect(wantsCount(asked('with_count=true', { minor: 45 }))).toBe(true);
    expect(wantsCount(asked('with_count=true', { minor: 44 }))).toBe(false);
    expect(wantsCount(asked('with_count=false'))).toBe(false);
  });

  it('links to its next page with the same question', () => {
    expect(nextLink(asked('limit=2&marker=old&name~=a b&offset=1'), 'last')).toEqual([
      { rel: 'next', href: 'http://storage:8776/v3/own/volumes/detail?limit=2&name~=a+b&marker=last' },
    ]);
  });
});
