import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BOOLEAN, DATE, INTEGER, NUMBER, STRING } from '../support.ts';
import { fill, fixture, listOf, nullable, objectOf } from '../support.ts';

function extract(name: string, properties: Record<string, object>) {
  const text = fixture(name).replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return fill(`<text>\n${text}\n</text>`, objectOf(properties));
}

const MAYBE = nullable(STRING);

describe('data out of everyday texts', () => {
  it('reads a receipt', () => {
    const data = extract('receipt.txt', {
      merchant: STRING,
      receipt_number: STRING,
      vat_number: MAYBE,
      phone: MAYBE,
      date: DATE,
      currency: STRING,
      items: listOf(objectOf({ name: STRING, quantity: INTEGER, price: NUMBER })),
      subtotal: NUMBER,
      service_charge: NUMBER,
      vat_amount: NUMBER,
      vat_rate: NUMBER,
      total: NUMBER,
      payment_method: MAYBE,
    });
    expect(data).toEqual({
      merchant: 'CORNER BEAN CAFE',
      receipt_number: '00481923',
      vat_number: 'GB 204 5581 36',
      phone: '0117 496 0133',
      date: '2026-10-12',
      currency: 'GBP',
      items: [
        { name: 'Flat white', quantity: 2, price: 7.2 },
        { name: 'Almond croissant', quantity: 1, price: 3.4 },
        { name: 'Oat milk extra', quantity: 1, price: 0.5 },
      ],
      subtotal: 11.1,
      service_charge: 1.11,
      vat_amount: 2.04,
      vat_rate: 20,
      total: 12.21,
      payment_method: 'Visa ending 4417',
    });
  });

  it('reads a shipping notice', () => {
    const data = extract('shipping-notice.txt', {
      order_number: STRING,
      carrier: MAYBE,
      tracking_number: MAYBE,
      recipient_name: STRING,
      sender_name: STRING,
      sender_company: MAYBE,
      expected_delivery: nullable(DATE),
      delivery_address: STRING,
      signature_needed: BOOLEAN,
      items: listOf(objectOf({ name: STRING, quantity: INTEGER, product_number: MAYBE })),
    });
    expect(data).toEqual({
      order_number: 'BT-55210',
      carrier: 'DPD',
      tracking_number: '15502 377 4410',
      recipient_name: 'Hanna Becker',
      sender_name: 'Pavel Novak',
      sender_company: 'Brightline Tools B.V.',
      expected_delivery: '2026-11-05',
      delivery_address: 'Lindenweg 14, 50667 Köln, Germany',
      signature_needed: false,
      items: [
        { name: 'Cordless drill', quantity: 3, product_number: 'CD-200' },
        { name: 'Drill bit set', quantity: 1, product_number: 'DB-19' },
      ],
    });
  });

  it('reads a job ad', () => {
    const data = extract('job-ad.txt', {
      title: STRING,
      company: STRING,
      location: MAYBE,
      salary_min: NUMBER,
      salary_max: NUMBER,
      currency: STRING,
      start_date: DATE,
      application_deadline: DATE,
      contact_email: STRING,
      contact_name: MAYBE,
      contact_phone: MAYBE,
      requirements: listOf(STRING),
      benefits: listOf(STRING),
    });
    expect(data).toEqual({
      title: 'Backend Engineer (m/f/d)',
      company: 'Nimbus Freight GmbH',
      location: 'Hamburg, Germany',
      salary_min: 62000,
      salary_max: 74000,
      currency: 'EUR',
      start_date: '2027-02-01',
      application_deadline: '2026-12-15',
      contact_email: 'jobs@nimbusfreight.example',
      contact_name: 'Katrin Sommer',
      contact_phone: '+49 40 5550 1932',
      requirements: [
        '3+ years of experience with Go or Java',
        'Good knowledge of PostgreSQL',
        'Fluent English',
      ],
      benefits: [
        '30 days of holiday',
        'public transport ticket',
        'remote work on three days a week',
      ],
    });
  });

  it('reads a résumé with headings', () => {
    const job = objectOf({ position: STRING, company: STRING, start_year: INTEGER });
    const school = objectOf({ degree: STRING, school: STRING, end_year: INTEGER });
    const data = extract('resume.txt', {
      full_name: STRING,
      job_title: MAYBE,
      city: MAYBE,
      email: STRING,
      phone: STRING,
      work_experience: listOf(job),
      education: listOf(school),
      skills: listOf(STRING),
      languages: listOf(STRING),
    });
    expect(data).toEqual({
      full_name: 'Daniel Osei',
      job_title: 'Data Analyst',
      city: 'Leeds',
      email: 'daniel.osei@mailbox.example',
      phone: '0113 496 0777',
      work_experience: [
        { position: 'Data Analyst', company: 'Harrow Retail', start_year: 2021 },
        { position: 'Junior Analyst', company: 'Pennine Haulage', start_year: 2018 },
      ],
      education: [{ degree: 'BSc Statistics', school: 'University of Leeds', end_year: 2018 }],
      skills: ['SQL', 'Python', 'Tableau', 'forecasting'],
      languages: ['English (native)', 'French (B2)'],
    });
  });

  it('reads a bug report', () => {
    const data = extract('bug-report.txt', {
      title: STRING,
      reporter: STRING,
      reported_on: DATE,
      version: STRING,
      severity: { type: 'string', enum: ['low', 'medium', 'high', 'critical'] },
      steps_to_reproduce: listOf(STRING),
      expected_result: STRING,
      actual_result: STRING,
      workaround: MAYBE,
    });
    expect(data).toEqual({
      title: 'Export button does nothing on Firefox',
      reporter: 'Ingrid Solheim',
      reported_on: '2026-11-04',
      version: '4.12.1',
      severity: 'high',
      steps_to_reproduce: [
        'Open Reports',
        'Choose any report with more than 50 rows',
        'Press Export',
      ],
      expected_result: 'a CSV file is downloaded',
      actual_result: 'nothing happens, and the console shows "TypeError: blob is undefined"',
      workaround: 'print the page to PDF',
    });
  });

  it('reads an invitation', () => {
    const data = extract('invitation.txt', {
      title: STRING,
      host_name: STRING,
      organisation: MAYBE,
      start: { type: 'string', format: 'date-time' },
      address: MAYBE,
      ticket_price: nullable(NUMBER),
      reply_by: nullable(DATE),
      contact_email: STRING,
      contact_phone: MAYBE,
    });
    expect(data).toEqual({
      title: 'Invitation to the winter lantern evening',
      host_name: 'Camille Roche',
      organisation: 'Harbour Hall Trust',
      start: '2026-12-12T18:30:00Z',
      address: '3 Quay Road, Whitby',
      ticket_price: 8,
      reply_by: '2026-12-05',
      contact_email: 'camille@harbourhall.example',
      contact_phone: '01947 555 018',
    });
  });

  it('reads short notes', () => {
    const action = objectOf({ owner: STRING, task: STRING, due_date: nullable(DATE) });
    const data = extract('stand-up.txt', {
      title: STRING,
      date: DATE,
      participants: listOf(STRING),
      absent: listOf(STRING),
      decisions: listOf(STRING),
      action_items: listOf(action),
      open_questions: listOf(STRING),
      next_meeting: nullable(DATE),
    });
    expect(data).toEqual({
      title: 'Platform team sync',
      date: '2026-11-05',
      participants: ['Ravi Shah', 'Mona Lind', 'Piet de Boer'],
      absent: ['Sofia Marin'],
      decisions: ['We agreed to move the upgrade to the second weekend of November.'],
      action_items: [
        { owner: 'Mona', task: 'prepare the rollback plan', due_date: '2026-11-12' },
        { owner: 'Piet', task: 'compare the prices of two providers', due_date: '2026-11-13' },
        { owner: 'Ravi', task: 'Update the status page', due_date: null },
      ],
      open_questions: ['Do we keep the old cluster until January?'],
      next_meeting: '2026-11-19',
    });
  });

  it('reads a purchase by letter', () => {
    const item = { article_number: STRING, description: STRING, quantity: INTEGER };
    const data = extract('purchase-mail.txt', {
      buyer_name: STRING,
      company: STRING,
      purchase_order_number: STRING,
      quotation_number: STRING,
      items: listOf(objectOf({ ...item, unit_price: nullable(NUMBER) })),
      contact_name: MAYBE,
      contact_phone: MAYBE,
      delivery_deadline: nullable(DATE),
      reference: MAYBE,
      payment_terms: MAYBE,
    });
    expect(data).toEqual({
      buyer_name: 'Omar Haddad',
      company: 'Bluefin Seafood AB',
      purchase_order_number: '4500-118',
      quotation_number: 'Q-2291',
      items: [
        {
          article_number: 'NP-330',
          description: 'cardboard boxes',
          quantity: 500,
          unit_price: 0.84,
        },
        {
          article_number: 'NP-071',
          description: 'rolls of packing tape',
          quantity: 12,
          unit_price: null,
        },
        {
          article_number: 'NP-115',
          description: 'pallets of bubble wrap',
          quantity: 2,
          unit_price: 74.5,
        },
      ],
      contact_name: 'Elin Berg',
      contact_phone: '+46 40 555 0190',
      delivery_deadline: '2026-11-20',
      reference: 'KJ-77',
      payment_terms: 'within 14 days of the invoice',
    });
  });
});

it('reads 200,000 letters without a break to their end', () => {
  const asked = objectOf({ name: STRING });
  expect(fill(`<text>${'A'.repeat(200_000)}</text>`, asked)).toHaveProperty('name');
});

describe('support mails', () => {
  const labels = JSON.parse(
    readFileSync(new URL('../../fixtures/support-labels.json', import.meta.url), 'utf8'),
  ) as { name: string; description: string }[];
  const offered = labels.map(
    ({ name, description }) => `<label name="${name}">${description}</label>`,
  );

  function judge(text: string): unknown {
    const user = `<labels>\n${offered.join('\n')}\n</labels>\n<text>\n${text}\n</text>`;
    return fill(user, objectOf({ label: STRING, confidence: NUMBER }))['label'];
  }

  it.each([
    ['mails.txt', 0.95],
    ['mails-second.txt', 0.8],
  ])('of %s are sorted rightly nearly always', (name, floor) => {
    const lines = fixture(name).trim().split('\n');
    const wrong = lines.filter((line) => {
      const [label, text = ''] = line.split('\t');
      return judge(text.replaceAll('\\n', '\n')) !== label;
    });
    const accuracy = 1 - wrong.length / lines.length;
    expect(accuracy, wrong.join('\n')).toBeGreaterThanOrEqual(floor);
  });
});
